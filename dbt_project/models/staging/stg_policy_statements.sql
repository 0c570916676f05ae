with

source as (

    select * from {{ source('landing', 'policy_statements') }}

),

renamed as (

    select
        -- text
        title,

        -- booleans
        gender_perspective as has_gender_perspective,

        -- dates
        issued_on,

        -- origin
        source_file,
        source_line
    from source

)

select * from renamed
