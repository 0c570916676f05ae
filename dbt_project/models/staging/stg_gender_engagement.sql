with

source as (

    select * from {{ source('landing', 'gender_engagement') }}

),

renamed as (

    select
        -- text
        member_text,
        member_key,
        activity,

        -- origin
        source_file,
        source_line
    from source

)

select * from renamed
