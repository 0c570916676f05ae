with

source as (

    select * from {{ source('landing', 'projects') }}

),

renamed as (

    select
        -- ids
        project_code,

        -- text
        name,

        -- booleans
        gender_coordination as has_gender_coordination,

        -- origin
        source_file,
        source_line
    from source

)

select * from renamed
