with

source as (

    select * from {{ source('landing', 'member_names') }}

),

renamed as (

    select
        -- ids
        member_id,

        -- text
        name,
        name_key,
        language,

        -- origin
        source_file,
        source_line
    from source

)

select * from renamed
